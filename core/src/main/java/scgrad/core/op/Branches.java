package scgrad.core.op;

import java.util.ArrayList;
import java.util.List;
import scgrad.core.array.Branch;
import scgrad.core.array.BranchGradient;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;

/**
 * Several convolutions of the same input and a batch norm behind each, as the two reductions of a self-calibrated bottleneck: one operation of
 * several outputs, so that the input and its gradient go through memory once.
 */
public final class Branches {
    /** Inputs of each branch behind x: w, gamma, beta. */
    private static final int EACH = 3;

    private Branches() {}

    /** {@link Normalization.ConvBatchNorm} of each branch, as in training; inputs (x, then w, gamma, beta of each branch). */
    public record ConvBatchNorms(List<Normalization.ConvBatchNorm> branches) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            List<Branch> convolutions = new ArrayList<>();
            for (int i = 0; i < branches.size(); i++) {
                NDArray w = in.get(1 + EACH * i);
                ConvGeometry geometry = branches.get(i).convolution().geometry(in.get(0), w);
                NDArray z = in.save(in.allocate(geometry.outputShape()));
                convolutions.add(new Branch(geometry, w, null, false, z));
            }
            in.backend().conv2dBranches(in.get(0), convolutions);
            NDArray[] outputs = new NDArray[branches.size()];
            for (int i = 0; i < outputs.length; i++) {
                Inputs behind = new Inputs(convolutions.get(i).y(), in.get(2 + EACH * i), in.get(3 + EACH * i));
                outputs[i] = branches.get(i).norm().forward(behind);
                for (NDArray statistic : behind.saved()) {
                    in.save(statistic);
                }
            }
            return in.giveAll(outputs);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            int count = branches.size();
            Sum sum = g.sums()[0];
            NDArray[] gradients = new NDArray[1 + EACH * count];
            gradients[0] = g.sumOrLike(0);
            List<BranchGradient> each = new ArrayList<>();
            ConvGeometry[] geometries = new ConvGeometry[count];
            for (int i = 0; i < count; i++) {
                int w = 1 + EACH * i;
                Normalization.BatchNorm norm = branches.get(i).norm();
                geometries[i] = branches.get(i).convolution().geometry(g.in(0), g.in(w));
                gradients[w] = g.wants(w) ? g.like(w) : null;
                gradients[w + 1] = g.like(w + 1);
                gradients[w + 2] = g.like(w + 2);
                NDArray mean = g.saved(count + 2 * i);
                NDArray variance = g.saved(count + 2 * i + 1);
                each.add(new BranchGradient(
                        geometries[i],
                        g.in(w),
                        g.saved(i),
                        new ChannelNorm(mean, variance, norm.epsilon(), g.in(w + 1), g.in(w + 2)),
                        norm.relu(),
                        null,
                        g.upstream()[i].dy(),
                        g.upstream()[i].overDy(),
                        gradients[w],
                        gradients[w + 1],
                        gradients[w + 2],
                        null));
            }
            boolean rectify = sum != null && sum.rectifiable() && g.backend().rectifiesGradient(geometries);
            g.backend().conv2dBatchNormGradient(g.in(0), each, gradients[0], sum != null, rectify);
            if (rectify) {
                sum.rectify();
            }
            for (BranchGradient branch : each) {
                branch.dz().release();
            }
            return gradients;
        }
    }

    /** {@link Normalization.ConvNorm} of each branch, as at inference; inputs (x, then w, gamma, beta of each branch). */
    public record ConvNorms(List<Normalization.ConvNorm> branches) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            List<Branch> all = new ArrayList<>();
            NDArray[] outputs = new NDArray[branches.size()];
            for (int i = 0; i < outputs.length; i++) {
                Normalization.FixedNorm norm = branches.get(i).norm();
                NDArray w = in.get(1 + EACH * i);
                ConvGeometry geometry = branches.get(i).convolution().geometry(in.get(0), w);
                outputs[i] = in.allocate(geometry.outputShape());
                ChannelNorm behind = new ChannelNorm(
                        norm.mean(), norm.variance(), norm.epsilon(), in.get(2 + EACH * i), in.get(3 + EACH * i));
                all.add(new Branch(geometry, w, behind, norm.relu(), outputs[i]));
            }
            in.backend().conv2dBranches(in.get(0), all);
            return in.giveAll(outputs);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray[] gradients = new NDArray[1 + EACH * branches.size()];
            Sum sum = g.sums()[0];
            for (int i = 0; i < branches.size(); i++) {
                int w = 1 + EACH * i;
                NDArray[] inputs = {g.in(0), g.in(w), g.in(w + 1), g.in(w + 2)};
                boolean[] wanted = {g.wants(0), g.wants(w), g.wants(w + 1), g.wants(w + 2)};
                NDArray[] own = branches.get(i)
                        .vjp(new Gradient(new Upstream[] {g.upstream()[i]}, inputs, new NDArray[0], wanted, new Sum[] {
                            sum, null, null, null
                        }));
                gradients[0] = own[0];
                sum = own[0] == null ? null : new Sum(own[0], false);
                System.arraycopy(own, 1, gradients, w, EACH);
            }
            return gradients;
        }
    }
}
