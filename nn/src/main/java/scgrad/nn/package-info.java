package scgrad.nn;
