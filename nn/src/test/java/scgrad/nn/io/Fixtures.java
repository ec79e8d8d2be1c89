package scgrad.nn.io;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checkpoints that PyTorch wrote, and what is in them. */
final class Fixtures {
    private static final Pattern EXPECTED = Pattern.compile(
            "\"([^\"]+)\": \\{\"dtype\": \"torch\\.(\\w+)\", \"shape\": \\[([^]]*)], \"values\": \\[([^]]*)]}");
    private static final Map<String, ElementType> TYPES = Map.of(
            "float64", ElementType.F64,
            "float32", ElementType.F32,
            "float16", ElementType.F16,
            "bfloat16", ElementType.BF16,
            "int64", ElementType.I64);

    private Fixtures() {}

    record Expected(ElementType type, int[] shape, double[] values) {}

    static Path path(String name) {
        URL url = Fixtures.class.getResource(name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** What odd.json says of odd_zip.pth and odd_legacy.pth. */
    static Map<String, Expected> odd() throws IOException {
        Map<String, Expected> odd = new LinkedHashMap<>();
        Matcher matcher = EXPECTED.matcher(Files.readString(path("odd.json")));
        while (matcher.find()) {
            int[] shape = Arrays.stream(numbers(matcher.group(3)))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            double[] values = Arrays.stream(numbers(matcher.group(4)))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            odd.put(matcher.group(1), new Expected(TYPES.get(matcher.group(2)), shape, values));
        }
        return odd;
    }

    private static String[] numbers(String list) {
        return list.isEmpty() ? new String[0] : list.split(", ");
    }
}
