package scgrad.experiments.cli;

import java.io.PrintWriter;
import scgrad.experiments.data.BrokenFiles;

/** Shows a check of a folder's files: how far it is, and a line for each that is left out. */
final class BrokenFilesLine implements BrokenFiles.Listener {
    private final PrintWriter err;
    private ProgressLine line;
    private int shown;

    BrokenFilesLine(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void onChecked(String dataset, int done, int total) {
        if (line == null) {
            line = ProgressLine.start("checking " + dataset, total, "files", err);
            shown = 0;
        }
        line.step(done - shown, "");
        shown = done;
        if (done == total) {
            line.close();
            line = null;
        }
    }

    @Override
    public void onBroken(BrokenFiles.Broken broken) {
        err.println("left out " + broken);
        err.flush();
    }
}
