/**
 * Weights in files: {@link scgrad.nn.io.SafeTensors} reads and writes, {@link scgrad.nn.io.PyTorchFile} reads what {@code torch.save}
 * wrote. Both give {@link scgrad.nn.io.WeightArray}s in the layout of the file (PyTorch's, where PyTorch wrote it); nothing here permutes.
 *
 * <p>Files come from strangers. Whatever a file holds, reading it either gives values that its structure vouches for or throws one
 * {@link scgrad.nn.io.WeightFileException}; no code from it runs, and memory stays in proportion to the file.
 */
package scgrad.nn.io;
