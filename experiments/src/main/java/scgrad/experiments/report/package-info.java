/** What a study is read by: charts. */
package scgrad.experiments.report;
