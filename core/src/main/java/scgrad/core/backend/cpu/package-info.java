/**
 * The fast CPU backend: float32, Vector API, all cores, and the same bits whatever their number.
 *
 * <p>The way through a convolution: {@link scgrad.core.backend.cpu.CpuBackend} takes arrays and hands their memory to {@code Convolutions},
 * which chooses by geometry alone. A {@code Gather} says which pixels each output reads; {@code PointwiseConvolution} (one tap), {@code
 * DirectConvolution} (to 16 channels in {@code PixelPairs}), {@code StemConvolution} (seven rows of taps, stride 2), {@code WinogradConvolution} (3x3,
 * stride 1 or 2), {@code GroupedConvolution} and {@code GroupedWinograd} (many groups of a few channels) run it; {@code KernelGradient}, {@code
 * WinogradKernelGradient}, {@code GroupedKernelGradient}, {@code GroupedWinogradKernelGradient} and {@code ScatteredInputGradient} are the ways back that differ;
 * {@code PointwiseGradients} and {@code WinogradGradients} go both ways at once, where a batch norm followed; {@code PointwiseBatchNorm} finds the norm's
 * statistics in the inputs of a 1x1 convolution to many more channels. All of them end in
 * a {@code ProductTile} or an {@code OuterTile}, blocks of a product in registers, of which {@code TileChoice} measures the candidates once
 * per machine. What is not a product stands in {@code Loops}, {@code NormLoops} and {@code PixelLoops}, each with vectors and without.
 *
 * <p>What was learnt about C2 (JDK 25), by its own account of what it inlines:
 *
 * <ul>
 *   <li>A vector lives in a register only if every operation on it was inlined. Beyond 18,000 nodes in a method, of which one vector operation makes
 *       about 400, C2 inlines what the JDK forces it to, but no method of ours: 16 accumulators that each end in a small method of their own take
 *       three times as long as with its operations written out. Two copies of a loop of masked operations can be too many either way; the rest then
 *       go through the heap, ten times as slow. So hot loops are short methods.
 *   <li>C2 unrolls loops of up to 60 nodes, and a tile's has more. Two steps at a time, by hand, give it what unrolling gives C: 263 instead of
 *       248 of the 267 GFLOP/s at which a Zen 5 core multiplies, and three at a time 152 to 164 instead of 147 of the 180 of an Emerald Rapids,
 *       where two leave row addresses to be fetched from vector registers ({@code VectorBlocks512x8x32}). The switch that lets C2 unroll more
 *       ({@code LoopUnrollLimit}) does the same for products, and makes the gradients of kernels half as fast.
 *   <li>Before a loop it checks the first and the last address of everything that the loop reads, for a tile as long as 8 of its steps. It moves
 *       these checks out of a loop around that too, unless one of them, or a branch there that it took for dead, has failed once: what a first
 *       call does not show, such as an {@code if} on a parameter, does not belong into the outer loop.
 *   <li>C2 devirtualizes a vector operation by the classes that it has seen at that place, in the JDK's own code, which everybody shares. A
 *       second vector width anywhere in a process makes loops fail that had worked: one width per process.
 *   <li>A sum that a loop carries in a register fails most easily; adding in memory that is in the cache costs little.
 *   <li>Accumulators are locals, one each; an array of them lives in memory. A ReLU on accumulators as a maximum makes C2 spill, as a comparison
 *       and a blend not.
 *   <li>A choice of how sums begin or end costs a tile 3 to 25 % in whichever form, by a mask or by a branch: {@code VectorBlocks512x8x32} has a
 *       method for each.
 *   <li>A loop that adds one part of an array to another is vectorized if both begin at the same variable plus an invariant.
 *   <li>Reading back what was just stored waits for the store; a stretch that overlaps it but for a part waits longest.
 *   <li>A branch before a loop that is taken both ways, or a second loop behind it, makes C2 keep addresses in vector registers and move them back
 *       in the first, by a port that multiplies on an Intel core: a tile loses a tenth to a sixth by it. A tile measured alone, always begun in one
 *       way and for even depths, does not show it; what a process runs compiles it ({@link scgrad.core.backend.cpu.OuterTile}).
 *   <li>The index of an array is an int, and C2 adds each row's address to it at every step, since the sum might overflow. A memory segment over the
 *       same array is read at a long, whose sums it takes out of the loop as pointers; but one access makes so many nodes that a tile of two
 *       steps spills, and of one step it is slower than one of three with arrays.
 *   <li>{@code max} of floats is seven instructions for NaN and -0; a comparison and a blend, with the same result, are two.
 *   <li>The interpreter runs a vector loop a hundred times as slowly as C2's code: one that a step enters seldom, and nothing else does, stays
 *       there for dozens of steps. A classifier of ten columns took 1 % of a training step by it ({@code MatrixProduct}).
 *   <li>A method of vectors that is called so often that C2 compiles it before the loop around it is not inlined there later if its code has more
 *       than 2,500 bytes, and every vector that passes is an object: a sigmoid with bounds twice over made the gates of SC-ResNet-29 2.4 times as
 *       slow ({@code -XX:+PrintCompilation} shows the order).
 *   <li>Behind 18,000 nodes C2 inlines no plain call any more, only what the module forces: two loops with a sigmoid each, inlined into the same
 *       caller, make objects of the vectors that {@code load} returns, and take 2.5 to 7 times as long, in every second process that runs nothing
 *       but the gate and its gradient ({@code -XX:+PrintInlining} names {@code NodeCountInliningCutoff}). In networks pooling calls the same loop
 *       over rows with so many bodies that none is inlined.
 *   <li>Numbers below the least normal one cost an Intel core some 150 cycles a vector: shut gates took 8 ns a number instead of 0.7. The sigmoid
 *       gives 0 there ({@link scgrad.core.backend.cpu.VectorFunctions}).
 *   <li>The module's switch {@code jdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0} takes a third from Winograd's transforms, and makes a training
 *       step of ResNet-20 a fifth slower (78 to 94 ms): it is not used.
 * </ul>
 *
 * <p>What was learnt about memory (two Zen 5 cores, each with 1 MB of second-level cache, 32 MB of third-level cache for a whole chip):
 *
 * <ul>
 *   <li>64 MB, which no cache holds, are read and written in 1.1 ms in place and in 1.5 to another array, because a line is read before it is
 *       written; 8 MB, in the third-level cache, in 0.06 and 0.09 (the benchmarks {@code Kernels.memory}).
 *   <li>A line that another core has changed is slow to get, and much slower where the two share no third-level cache: a number passed to and
 *       fro takes 70 to 100 ns or 350 to 400, and on a virtual machine one turns into the other from minute to minute. Each thread therefore
 *       begins with the same part of the work in every operation ({@link scgrad.core.backend.cpu.Threads}), and {@code WinogradConvolution}
 *       rather transforms a patch twice than passes it on.
 *   <li>A convolution of 16 to 16 channels alone, whose arrays stay in the caches, runs at 460 GFLOP/s ({@code bench
 *       conv-b128-16to16-32-k3-s1-g1}), at 320 to 340 in a training, where they do not ({@code bench --profile cifar-resnet20-train}).
 *       Storing a strip of outputs while the next is multiplied did not hide it.
 *   <li>A loop that copies, transforms or multiplies what it reads waits for memory much longer than one that only reads a number of each cache
 *       line: {@link scgrad.core.backend.cpu.Prefetch} takes up to a third from such loops. It does so in four streams: between products one
 *       gives an Emerald Rapids core 12 GB/s, four 15, where reading without a pause gives 28 either way (a C program). Pixels were laid side by side before a
 *       product once; read where they lie, after that, they are as fast or faster. Outputs that the next operation has just given back lie in a
 *       cache: to read their lines before they are written over made inference 5 % slower.
 *   <li>Taking a whole operation in portions of images, so that the next finds them in the third-level cache, gained little in training, because
 *       each kernel's start, its last tiles and its teams' sums come once a portion. Going on with a few hundred pixels in the second-level
 *       cache did ({@code PointwiseGradients}: 0.92 to 0.94 of a step of ResNet-29), and going on with one image or a few, each core with its own
 *       ({@code WinogradGradients}: 0.96 of a step of ResNet-20, and again where both gradients share the transformed patches).
 *   <li>At inference each thread goes through the first stages with images of its own ({@code CpuBackend.apart}): a core then finds in its second-level
 *       cache what it has written, and waits for no other. Where the threads had shared each operation on a few images the CIFAR networks took 4 to 15 %
 *       longer with cores that share no cache, and 3 % less to 8 % more with others.
 *   <li>Outputs that a tile stores where they belong arrive while the next one multiplies, 1x1 convolutions gain a tenth by it on an Emerald
 *       Rapids; what must be read first, a residual, is waited for unless it was read ahead, and at a small depth better swept ({@code
 *       OutputBlock}).
 *   <li>What is not stored need not be read: a batch norm behind a 1x1 convolution to four times as many channels takes its statistics from the
 *       covariance of the inputs ({@code PointwiseBatchNorm}: forward and backward of 32 to 128 channels of 128 images of 32x32 in 19.5 ms
 *       instead of 26). A sum of gradients that a ReLU will zero is zeroed by the last to add to it ({@link scgrad.core.op.Sum}): the same
 *       gradient then takes 17.5 ms instead of 19.4 on an Emerald Rapids, and 16 where what needs no sums is made in the first pass. Two convolutions that read the same input meet it part by part
 *       ({@code PointwiseConvolution.runBranches}), and their gradients are those of one.
 *   <li>When a whole network runs between two uses, kernels come from memory. Winograd's have four times as many numbers transformed as packed:
 *       where few tiles use them they are transformed anew each time, and where few pixels do their panels are read ahead, four at a time ({@link
 *       scgrad.core.backend.cpu.Prefetch}), which the processor follows as four streams.
 *   <li>To read a few lines of each page of the next chunk while this one is multiplied, so that the processor's prefetcher goes on by itself, costs
 *       a tenth instead of saving one: the core waits for each of these loads in the middle of its products (a C program).
 *   <li>A transform stores a line here and a line there: where its 36 or 81 planes leave the second-level cache each store waits for its line, at
 *       some 9 GB/s a core, and more so in a network. Blocks of patches stay below that, and kernels whose transform is larger still are
 *       transformed a row of 6 elements at a time, just before that row's products ({@code WinogradConvolution}).
 *   <li>Rows of 2,048 sums, 8 KB apart, meet in few sets of the caches: a line between them took up to a quarter from a kernel's gradient. It
 *       now keeps what a tile sums side by side, which takes another 4 % from the largest.
 *   <li>Arrays begin 16 bytes behind their object, so that most vectors of 64 bytes cross a line. On a Zen 5 that costs products and Winograd's
 *       transforms little or nothing; an Emerald Rapids stores at less than half the speed then, in the first-level cache. All arrays are therefore
 *       used from a line's beginning on ({@link scgrad.core.backend.cpu.CacheLine}). Of working memory transforms take half the time by it,
 *       products 2 to 7 % and grouped convolutions 4 to 8 % less. Of tensors 1x1 convolutions from 64 channels take 15 % less, since tiles store
 *       their outputs where they belong, from 128 7 %, deeper ones 1 to 2 %, Winograd 3 %: trainings 1 to 3 %, inference 1 to 2 %.
 *   <li>Of Winograd's points the one at infinity serves the last of four outputs alone. Maps of 7 and 14 pixels are cut into tiles of four and three, and
 *       tiles of three leave it out, at a stride of 2 too: a sixth of the products, 5 to 15 % of the time ({@code TileGrid}, {@code
 *       TiledPlaneProducts}; {@code TileOrder} for the gradient of the kernel).
 * </ul>
 */
package scgrad.core.backend.cpu;
