/** The command line: one class a sub-command, and the groups of options they share. */
package scgrad.experiments.cli;
