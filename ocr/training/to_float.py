#!/usr/bin/env python3
"""Turns an integer network of Tesseract's (the `lstm` part of a `.traineddata`) back into one of real numbers, from which `lstmtraining` can go on.

    python to_float.py vie.lstm vie-float.lstm

An integer network holds, for each row of weights, whole numbers of -127 to 127 and one factor. Their product is the weight that the row was
rounded from, to within 1/254 of the row's largest: nothing else is lost, and the same whole numbers come out when the result is rounded again.
"""

import struct
import sys
from pathlib import Path

# Bits of the byte before each matrix.
INT8, ADAM, DOUBLE = 1, 4, 128
# Bit of a network's flags: its parts have learning rates of their own.
OWN_LEARNING_RATES = 64
# Bit of the recogniser's flags: its numbers are whole.
INT_MODE = 1
HOLDS_OTHERS = {"Series", "Parallel", "Replicated", "ParBidiLSTM", "DepParUDLSTM", "Par2dLSTM", "XReversed", "RTLReversed", "TTBReversed", "XYTranspose"}
FULLY_CONNECTED = {"Softmax", "SoftmaxNoCTC", "Relu", "Tanh", "Linear", "Logistic", "LinLogistic", "LinTanh"}
# Whole numbers of four bytes that follow the head of a part without weights.
PLAIN = {"Input": 5, "Convolve": 2, "Maxpool": 2, "Reconfig": 2}
LSTM_GATES = 5
# The fifth gate looks at the row above; only networks that read in two directions at once have it.
GATES_OF_ONE_DIRECTION = 4


class Converter:
    def __init__(self, network: bytes) -> None:
        self.source, self.at, self.out = network, 0, bytearray()

    def convert(self) -> bytes:
        self.part()
        self.recogniser()
        return bytes(self.out)

    def take(self, form: str) -> tuple:
        found = struct.unpack_from("<" + form, self.source, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def copy(self, form: str) -> tuple:
        """Numbers that stay as they are."""
        found = self.take(form)
        self.out += struct.pack("<" + form, *found)
        return found

    def text(self) -> str:
        (length,) = self.copy("I")
        (letters,) = self.copy(f"{length}s")
        return letters.decode()

    def part(self) -> None:
        """One part of the network: its head, and what its kind holds."""
        self.copy("b")
        kind = self.text()
        _training, _backward, flags, inputs, _outputs, _weights = self.copy("bbiiii")
        self.text()
        if kind in HOLDS_OTHERS:
            for _ in range(self.copy("I")[0]):
                self.part()
            if flags & OWN_LEARNING_RATES:
                self.copy(f"{self.copy('I')[0]}f")
        elif kind in PLAIN:
            self.copy(f"{PLAIN[kind]}i")
        elif kind in FULLY_CONNECTED:
            self.matrix()
        elif kind in ("LSTM", "SummLSTM"):
            self.lstm(inputs)
        else:
            raise SystemExit(f"a network with a part of kind {kind} is not known here")

    def lstm(self, inputs: int) -> None:
        (extent,) = self.copy("i")
        cells = self.matrix()
        is_two_dimensional = extent == inputs + 2 * cells
        for _ in range(1, LSTM_GATES if is_two_dimensional else GATES_OF_ONE_DIRECTION):
            self.matrix()

    def matrix(self) -> int:
        """A matrix of weights; tells its rows."""
        (mode,) = self.take("B")
        if not mode & DOUBLE or not mode & INT8:
            raise SystemExit("this network is not one of whole numbers")
        self.out += struct.pack("<B", mode & ~INT8)
        rows, columns = self.copy("ii")
        self.take("b")  # what empty places of the matrix hold
        whole = self.take(f"{rows * columns}b")
        factors = self.take(f"{self.take('I')[0]}d")
        real = (whole[row * columns + column] * factors[row] for row in range(rows) for column in range(columns))
        self.out += struct.pack(f"<d{rows * columns}d", 0.0, *real)
        return rows

    def recogniser(self) -> None:
        """What follows the network: its formula, flags, counters and rates."""
        self.text()
        (flags,) = self.take("i")
        self.out += struct.pack("<i", flags & ~INT_MODE)
        self.out += self.source[self.at :]


if __name__ == "__main__":
    source, target = sys.argv[1:]
    Path(target).write_bytes(Converter(Path(source).read_bytes()).convert())
