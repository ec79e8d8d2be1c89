/** Labelled images on their way to a network: a data set, what is done to each image, and batches of them in a fixed order. */
package scgrad.nn.data;
