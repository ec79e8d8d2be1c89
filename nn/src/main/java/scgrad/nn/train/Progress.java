package scgrad.nn.train;

/**
 * Where a training stands, to the batch: what a resumed run needs to go on as if nothing had happened.
 *
 * @param epoch counted from 0
 * @param batch the next batch of this epoch
 * @param lossSum sum over the epoch's images so far
 * @param correct images of this epoch that were right so far
 */
public record Progress(int epoch, int batch, double lossSum, int correct, int images) {
    public static final Progress START = new Progress(0, 0, 0, 0, 0);

    Progress after(int size, double loss, int right) {
        return new Progress(epoch, batch + 1, lossSum + loss * size, correct + right, images + size);
    }

    Progress nextEpoch() {
        return new Progress(epoch + 1, 0, 0, 0, 0);
    }
}
