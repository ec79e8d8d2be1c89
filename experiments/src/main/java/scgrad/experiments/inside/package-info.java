/** What networks look at, as pictures: evidence for a class, effective receptive fields, gates of self-calibrated convolutions. */
package scgrad.experiments.inside;
