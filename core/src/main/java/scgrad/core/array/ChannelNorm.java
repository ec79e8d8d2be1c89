package scgrad.core.array;

/**
 * The normalisation of each channel by given statistics: gamma * (x - mean) / sqrt(variance + epsilon) + beta. Each array holds one number
 * a channel.
 */
public record ChannelNorm(NDArray mean, NDArray variance, double epsilon, NDArray gamma, NDArray beta) {}
