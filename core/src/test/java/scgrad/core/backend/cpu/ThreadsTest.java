package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Items are shared out: each once, whoever takes it. */
class ThreadsTest {
    @ParameterizedTest
    @CsvSource({"1, 7", "2, 1", "2, 7", "3, 2", "3, 100", "5, 3"})
    void eachItemRunsOnce(int threads, int items) {
        Threads pool = new Threads(threads);
        for (int round = 0; round < 200; round++) {
            AtomicIntegerArray runs = new AtomicIntegerArray(items);
            pool.run(items, (item, worker) -> {
                assertThat(worker).isBetween(0, threads - 1);
                runs.incrementAndGet(item);
            });
            for (int item = 0; item < items; item++) {
                assertThat(runs.get(item))
                        .as("item %d of round %d", item, round)
                        .isEqualTo(1);
            }
        }
    }

    /** While all are at work, each has its own share: what it wrote in one operation is in its cache in the next. */
    @Test
    void eachThreadBeginsWithItsOwnShare() {
        Threads pool = new Threads(3);
        for (int round = 0; round < 100; round++) {
            CountDownLatch begun = new CountDownLatch(3);
            AtomicIntegerArray workers = new AtomicIntegerArray(3);
            pool.run(3, (item, worker) -> {
                workers.set(item, worker);
                begun.countDown();
                await(begun);
            });
            for (int item = 0; item < 3; item++) {
                assertThat(workers.get(item)).as("round %d", round).isEqualTo(item);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 8", "3, 2", "3, 100"})
    void backwardsEachItemRunsOnceAndAShareFromItsEnd(int threads, int items) {
        Threads pool = new Threads(threads);
        AtomicIntegerArray runs = new AtomicIntegerArray(items);
        List<List<Integer>> orders = new ArrayList<>();
        for (int worker = 0; worker < threads; worker++) {
            orders.add(new ArrayList<>());
        }
        pool.runBackwards(items, (item, worker) -> {
            runs.incrementAndGet(item);
            orders.get(worker).add(item);
        });
        for (int item = 0; item < items; item++) {
            assertThat(runs.get(item)).as("item %d", item).isEqualTo(1);
        }
        for (int worker = 0; worker < threads; worker++) {
            for (int share = 0; share < threads; share++) {
                int first = items * share / threads;
                int end = items * (share + 1) / threads;
                assertThat(orders.get(worker).stream().filter(item -> item >= first && item < end))
                        .as("worker %d, share %d", worker, share)
                        .isSortedAccordingTo(Comparator.reverseOrder());
            }
        }
    }

    @Test
    void whoIsDoneHelpsTheOthers() {
        CountDownLatch others = new CountDownLatch(9);
        // the first item waits for all others, those of its own worker's share too
        new Threads(2).run(10, (item, worker) -> {
            if (item == 0) {
                await(others);
            } else {
                others.countDown();
            }
        });
        assertThat(others.getCount()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a piece asks for is done by its own thread, in order and as the same worker; afterwards work is shared again. */
    @ParameterizedTest
    @CsvSource({"1, 4", "2, 4", "3, 10"})
    void piecesApartDoTheirWorkAlone(int threads, int pieces) {
        Threads pool = new Threads(threads);
        AtomicIntegerArray runs = new AtomicIntegerArray(pieces);
        pool.runApart(pieces, (piece, worker) -> {
            Thread own = Thread.currentThread();
            List<Integer> items = new ArrayList<>();
            assertThat(pool.count()).isEqualTo(1);
            assertThat(pool.worker()).isEqualTo(worker);
            pool.run(5, (item, inner) -> {
                assertThat(Thread.currentThread()).isSameAs(own);
                assertThat(inner).isEqualTo(worker);
                items.add(item);
            });
            pool.runBackwards(2, (item, inner) -> items.add(item));
            pool.runApart(1, (item, inner) -> items.add(inner));
            assertThat(items).containsExactly(0, 1, 2, 3, 4, 1, 0, worker);
            assertThat(pool.worker()).isEqualTo(worker);
            runs.incrementAndGet(piece);
        });
        for (int piece = 0; piece < pieces; piece++) {
            assertThat(runs.get(piece)).isEqualTo(1);
        }
        assertThat(pool.count()).isEqualTo(threads);
        assertThat(pool.worker()).isZero();
    }

    @Test
    void aFailureOfAPieceReachesTheCallerAndWorkIsSharedAgain() {
        Threads pool = new Threads(2);
        assertThatThrownBy(() -> pool.runApart(
                        8,
                        (piece, worker) -> pool.run(3, (item, inner) -> {
                            if (piece == 5) {
                                throw new IllegalStateException("piece five");
                            }
                        })))
                .hasMessage("piece five");
        CountDownLatch both = new CountDownLatch(2);
        pool.run(2, (item, worker) -> {
            both.countDown();
            await(both);
        });
    }

    @Test
    void aFailureReachesTheCaller() {
        Threads pool = new Threads(2);
        assertThatThrownBy(() -> pool.run(8, (item, worker) -> {
                    if (item == 5) {
                        throw new IllegalStateException("item five");
                    }
                }))
                .hasMessage("item five");
        pool.run(8, (item, worker) -> {});
    }
}
