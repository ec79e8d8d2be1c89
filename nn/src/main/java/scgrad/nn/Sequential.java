package scgrad.nn;

import java.util.List;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;

/** Modules one after the other, named by their place: 0, 1, 2. At inference a step's output is given back once the next has read it. */
public final class Sequential extends Module {
    private final List<Module> steps;

    public Sequential(Backend backend, List<? extends Module> steps) {
        super(backend);
        this.steps = List.copyOf(steps);
        for (int i = 0; i < steps.size(); i++) {
            child(Integer.toString(i), steps.get(i));
        }
    }

    public Sequential(Backend backend, Module... steps) {
        this(backend, List.of(steps));
    }

    public List<Module> steps() {
        return steps;
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor y = x;
        for (int i = 0; i < steps.size(); i++) {
            Tensor read = giveAway(y, x);
            boolean normalized =
                    i + 1 < steps.size() && steps.get(i) instanceof Conv2d && steps.get(i + 1) instanceof BatchNorm2d;
            y = normalized
                    ? ((BatchNorm2d) steps.get(i + 1)).apply((Conv2d) steps.get(i++), y)
                    : steps.get(i).apply(y);
            giveBack(read, x, y);
        }
        return y;
    }
}
