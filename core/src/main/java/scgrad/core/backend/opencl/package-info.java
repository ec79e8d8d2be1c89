/**
 * The OpenCL backend: float32, kernels that are Java methods which Aparapi translates, data that stay on the device.
 *
 * <p>The way of an operation. {@link scgrad.core.backend.opencl.OpenClBackend} takes arrays, whose buffers are {@code Block}s of one heap on the
 * device, given out by {@code DeviceHeap}. It, or {@code Products}, {@code Norms} or {@code Reductions} for what takes several kernels, asks {@code
 * DeviceQueue} for commands: a code, places in the heap, sizes, and a few numbers. Geometries with many numbers are written once into {@code
 * DeviceTables}. When a value is asked for, or 256 commands wait, one launch runs them all, each as a pass. On the device {@code
 * DeviceKernels.run} reads the command's code and calls its family, the family its kernel: {@code BATCH_NORM} is 400, so {@code NormKernels},
 * and there {@code batchNorm}. Values come back through a small mailbox, with a canary that shows whether the device's memory is still ours.
 *
 * <p>Why it is built so, with Aparapi 3.0.2:
 *
 * <ul>
 *   <li>Two kernel objects cannot share a buffer, and an object has one entry point: hence one kernel, one heap, and codes.
 *   <li>A launch passes every field and waits for its end; the passes of a launch share the passing of the fields, and Aparapi waits between
 *       them too. On PoCL a pass that does nothing takes 37 us, a launch of one command 60 to 100 us; on an NVIDIA H200 14 us and 30 us.
 *   <li>The buffer on the device is made anew from the host's array whenever the collector moved that array. G1 does not move large arrays;
 *       other collectors do, and are refused.
 *   <li>A barrier in a branch makes PoCL's compiler copy all that comes behind it: branches that do not return at once, one after another, took
 *       more than ten minutes to compile, with returns it is 25 to 40 s, once, then cached on disk.
 *   <li>PoCL runs a work-group as loops between barriers: element-wise kernels end each block with one, so that neighbours run after each other.
 *   <li>Its compiler moves divisions out of the branches that guard them; a division by zero then costs 55 us, so no divisor may be 0 in a
 *       command that does not use it.
 *   <li>Aparapi writes the functions in an order that comes out wrong where calls are nested five deep: the OpenCL compiler then misses one.
 *   <li>Aparapi has no {@code switch} and no {@code break}, no two methods of one name, no name that OpenCL knows as a type ({@code half}), and
 *       fails on long chains of {@code else if}.
 * </ul>
 *
 * <p>Several heaps, for more than 2 GiB, are left out: SCNet-50's training with a batch of 8 at 224 pixels takes 1.8 GB as a whole process on the
 * cpu backend.
 */
package scgrad.core.backend.opencl;
