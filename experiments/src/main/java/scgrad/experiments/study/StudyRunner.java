package scgrad.experiments.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import scgrad.core.array.Backend;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.Metrics;
import scgrad.experiments.run.Run;
import scgrad.nn.train.Trainer;
import scgrad.scnet.Models;
import scgrad.scnet.Summary;

/**
 * Runs a study into a folder: {@code runs/<variant>-seed<seed>/} each, and the report after every run. Complete runs of the same configuration
 * are skipped, a run that was stopped goes on from its checkpoint.
 */
public final class StudyRunner {
    /** Told what happens, for the terminal. */
    public interface Observer {
        /** A training begins; returns who watches it, or null. */
        Trainer.Listener begins(Study.Member member, int number, int count);

        void ended(Study.Member member, List<Metrics> metrics, boolean skipped);
    }

    private final Study study;
    private final Path data;
    private final Backend backend;
    private final Path folder;

    public StudyRunner(Study study, Path data, Backend backend, Path folder) {
        this.study = study;
        this.data = data;
        this.backend = backend;
        this.folder = folder;
    }

    /** Runs what is not complete, and writes the report. */
    public void run(String command, Observer observer) throws IOException {
        List<Study.Member> members = study.members();
        for (int i = 0; i < members.size(); i++) {
            Study.Member member = members.get(i);
            Run run = new Run(member.config(), data, backend, runFolder(member));
            boolean skipped = run.complete();
            List<Metrics> metrics;
            if (skipped) {
                metrics = Metrics.read(runFolder(member).resolve("metrics.jsonl"));
            } else {
                Trainer.Listener listener = observer.begins(member, i + 1, members.size());
                if (listener != null) {
                    run.listen(listener);
                }
                metrics = run.execute(true, Run.Start.SCRATCH);
            }
            observer.ended(member, metrics, skipped);
            new StudyReport(study, outcomes(), backend, command).write(folder);
        }
    }

    private Path runFolder(Study.Member member) {
        return folder.resolve("runs").resolve(member.id());
    }

    private List<Outcome> outcomes() throws IOException {
        Datasets.Split split = Datasets.open(Datasets.Choice.of(study.recipe().data())
                .in(data)
                .sized(study.recipe().imageSize())
                .limited(10, 10));
        List<Outcome> outcomes = new ArrayList<>();
        for (Study.Variant variant : study.variants()) {
            List<Long> seeds = new ArrayList<>();
            List<List<Metrics>> runs = new ArrayList<>();
            for (Study.Member member : study.members()) {
                Path folder = runFolder(member);
                if (member.variant().equals(variant)
                        && Files.exists(folder.resolve("config.json"))
                        && new Run(member.config(), data, backend, folder).complete()) {
                    seeds.add(member.seed());
                    runs.add(Metrics.read(folder.resolve("metrics.jsonl")));
                }
            }
            if (!runs.isEmpty()) {
                Summary counts = Summary.of(
                        Models.Spec.parse(variant.model()),
                        split.train().classes(),
                        split.train().height());
                outcomes.add(new Outcome(variant, counts.parameters(), counts.multiplyAccumulates(), seeds, runs));
            }
        }
        return outcomes;
    }
}
