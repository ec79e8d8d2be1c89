package scgrad.experiments;
