import java.nio.file.*;
import java.util.*;
import java.util.stream.*;
import scgrad.core.*;
import scgrad.core.array.*;
import scgrad.core.op.*;
import scgrad.nn.*;
import scgrad.nn.data.*;
import scgrad.nn.io.*;
import scgrad.nn.optim.*;
import scgrad.nn.train.*;
import scgrad.scnet.*;
import scgrad.experiments.data.*;
import scgrad.experiments.report.*;
import scgrad.experiments.run.*;
import scgrad.experiments.study.*;
Backend cpu = Backends.open("auto");
Backend reference = Backends.open("reference");
System.out.println("""
    Everything of scgrad is imported; cpu and reference are open backends. For example:
      var x = Tensor.parameter(reference, Shape.of(2, 3), 1, 2, 3, 4, 5, 6)
      GradCheck.check("x * sigmoid(x)", in -> in[0].mul(in[0].sigmoid()), x)
      var net = Models.create(cpu, "sc_resnet20", 10); net.initialize(Rng.of(0)); net.parameterCount()
    /exit leaves.""");
