package scgrad.experiments.study;

import java.util.List;
import scgrad.experiments.run.RunRecord;
import scgrad.nn.train.Confusion;

/**
 * What a variant came to over its seeds.
 *
 * @param parameters learnable numbers
 * @param multiplyAccumulates of one image
 * @param runs the complete ones
 */
record Outcome(Study.Variant variant, long parameters, long multiplyAccumulates, List<RunRecord> runs) {

    List<Long> seeds() {
        return runs.stream().map(run -> run.config().seed()).toList();
    }

    /** Test accuracy after the last epoch, seed by seed, in percent. */
    Sample accuracy() {
        return new Sample(
                runs.stream().mapToDouble(run -> 100 * run.last().accuracy()).toArray());
    }

    /** This variant minus another, in points of accuracy, over the seeds that both have. */
    PairedDifference minus(Outcome other) {
        return PairedDifference.of(runs.stream()
                .flatMapToDouble(run -> other.runs.stream()
                        .filter(pair -> pair.config().seed() == run.config().seed())
                        .mapToDouble(pair ->
                                100 * (run.last().accuracy() - pair.last().accuracy())))
                .toArray());
    }

    /** The standard error that counting so many test images has by itself, in percent. */
    double countingError() {
        int images = runs.get(0).last().testImages();
        double share = accuracy().mean() / 100;
        return 100 * Math.sqrt(share * (1 - share) / images / runs.size());
    }

    /** The deviation over seeds; with one seed, the error of counting. */
    double error() {
        return runs.size() > 1 ? accuracy().deviation() : countingError();
    }

    /** All seeds' test images together; null where a record has none. */
    Confusion confusion() {
        Confusion sum = null;
        for (RunRecord run : runs) {
            if (run.confusion() == null) {
                return null;
            }
            sum = sum == null ? run.confusion() : sum.plus(run.confusion());
        }
        return sum;
    }
}
