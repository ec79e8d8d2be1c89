package scgrad.experiments.study;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import scgrad.core.array.Backend;
import scgrad.experiments.data.BrokenFiles;
import scgrad.experiments.run.Run;
import scgrad.experiments.run.RunConfig;
import scgrad.experiments.run.RunRecord;
import scgrad.nn.io.AtomicFile;
import scgrad.nn.train.Trainer;

/**
 * Runs a study into a folder: {@code study.json}, and {@code runs/<variant>-seed<seed>/} for each training. Complete runs of the same
 * configuration are skipped, and a run that was stopped goes on from its checkpoint, to the same bits. Several processes may work in one
 * folder, each on a {@link Shard} or all on the whole: a run that another is at is left to it.
 */
public final class StudyRunner {
    /** Told what happens, for the terminal. */
    public interface Observer {
        /** A training begins; returns who watches it, or null. */
        Trainer.Listener begins(Study.Member member, int number, int count);

        /** Who watches the check of files that a recipe's skip_broken asks for, before a training begins. */
        BrokenFiles.Listener checking();

        /** A run is complete: trained now, or found so. */
        void ended(Study.Member member, RunRecord record, boolean skipped) throws IOException;

        /** A run that another process is at. */
        void busy(Study.Member member);
    }

    private final Study study;
    private final Path data;
    private final Backend backend;
    private final Path folder;

    /** @param data where downloaded data lie */
    public StudyRunner(Study study, Path data, Backend backend, Path folder) {
        this.study = study;
        this.data = data;
        this.backend = backend;
        this.folder = folder;
    }

    /** Runs what is not complete of a shard. */
    public void run(Shard shard, Observer observer) throws IOException {
        requireAllBuild();
        record(study, folder);
        List<Study.Member> members = study.members();
        for (int i = 0; i < members.size(); i++) {
            if (shard.has(i)) {
                run(members.get(i), i + 1, members.size(), observer);
            }
        }
    }

    /** What cannot be built is found before the first training, not in the middle of the night. */
    private void requireAllBuild() {
        for (Study.Variant variant : study.variants()) {
            RunConfig config = variant.config(study.recipe());
            try {
                StudyResults.counts(config, 0);
            } catch (IllegalArgumentException | IllegalStateException wrong) {
                throw new IllegalArgumentException(
                        "variant '" + variant.id() + "', " + config.model() + ": " + wrong.getMessage(), wrong);
            }
        }
    }

    /** Writes what the study is into its folder; another study's folder is an error. */
    static void record(Study study, Path folder) throws IOException {
        Path file = folder.resolve(Studies.RECORD);
        if (Files.exists(file)) {
            String name = Studies.open(file.toString()).name();
            if (!name.equals(study.name())) {
                throw new IOException(folder + " holds the study '" + name + "', not '" + study.name()
                        + "'; choose another folder by --out");
            }
        }
        Files.createDirectories(folder);
        AtomicFile.write(file, out -> out.write((StudyFile.write(study) + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private void run(Study.Member member, int number, int count, Observer observer) throws IOException {
        Path runFolder = StudyResults.runFolder(folder, member);
        Optional<RunRecord> before = complete(member, folder);
        if (before.isPresent()) {
            observer.ended(member, before.get(), true);
            return;
        }
        Files.createDirectories(runFolder);
        Path lockFile = runFolder.resolve("lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                observer.busy(member);
                return;
            }
            Run run = new Run(member.config(), data, backend, runFolder).whileChecking(observer.checking());
            Trainer.Listener listener = observer.begins(member, number, count);
            if (listener != null) {
                run.listen(listener);
            }
            run.execute(true, Run.Start.SCRATCH);
            Files.deleteIfExists(lockFile);
        }
        observer.ended(member, complete(member, folder).orElseThrow(), false);
    }

    /** The record of a member's run in a study's folder, where it is complete. */
    public static Optional<RunRecord> complete(Study.Member member, Path folder) throws IOException {
        return RunRecord.read(StudyResults.runFolder(folder, member))
                .filter(record -> record.completes(member.config()));
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException here) {
            return null;
        }
    }
}
