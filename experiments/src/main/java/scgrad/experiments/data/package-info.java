/** Where images come from: CIFAR, folders of JPEG and PNG files, a data set that is computed, and how to fetch and look at them. */
package scgrad.experiments.data;
