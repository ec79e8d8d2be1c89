package scgrad.core.backend.opencl;

/** Numbers from one place to another, and in and out of the heap. */
abstract class MovementKernels extends ElementwiseKernels {
    static final int RECEIVE = 200;
    static final int SEND = 201;
    static final int MOVE = 202;

    /** The first numbers of the heap hold this, once {@link #RECEIVE} wrote it: memory that was lost does not. */
    static final float CANARY = 20260.25f;

    void movement(int code) {
        if (code == RECEIVE) {
            receive();
            return;
        }
        if (code == SEND) {
            send();
            return;
        }
        if (code == MOVE) {
            move();
            return;
        }
    }

    /** What came in goes to the heap. Words y, n, place in the mailbox, whether it is the parcel. */
    void receive() {
        int y = word(1);
        int n = word(2);
        int from = word(3);
        int large = word(4);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                if (large != 0) {
                    heap[y + i] = parcel[from + i];
                } else {
                    heap[y + i] = letter[from + i];
                }
            }
            localBarrier();
        }
    }

    /** Numbers of the heap go out, behind the canary. Words x, n, whether they go by the parcel. */
    void send() {
        int x = word(1);
        int n = word(2);
        int large = word(3);
        for (int block = getGroupId(0); block * GROUP <= n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i <= n) {
                float value = heap[0];
                if (i > 0) {
                    value = heap[x + i - 1];
                }
                if (large != 0) {
                    parcel[i] = value;
                } else {
                    letter[i] = value;
                }
            }
            localBarrier();
        }
    }

    /**
     * A box of x to a box of y, axes in any order. Words x, y, n, table: rank, sizes, strides in x,
     * strides in y; rank 0 where both are whole.
     */
    void move() {
        int x = word(1);
        int y = word(2);
        int n = word(3);
        int table = word(4);
        int rank = tables[table];
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int from = x;
                int to = y;
                if (rank == 0) {
                    from += i;
                    to += i;
                }
                int rest = i;
                for (int axis = rank; axis > 0; axis--) {
                    int size = tables[table + axis];
                    int outer = rest / size;
                    int at = rest - outer * size;
                    from += at * tables[table + rank + axis];
                    to += at * tables[table + 2 * rank + axis];
                    rest = outer;
                }
                heap[to] = heap[from];
            }
            localBarrier();
        }
    }
}
