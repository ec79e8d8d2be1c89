package scgrad.scnet;
