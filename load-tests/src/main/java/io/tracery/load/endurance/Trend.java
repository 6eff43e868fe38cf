package io.tracery.load.endurance;

import java.util.ArrayList;
import java.util.List;

/** Memory over time, and how much of it grew: a line by least squares through what came after the warm-up. */
final class Trend {

    private record Point(double seconds, double mebibytes) {}

    private final List<Point> points = new ArrayList<>();

    synchronized void add(double seconds, double mebibytes) {
        points.add(new Point(seconds, mebibytes));
    }

    /**
     * @param perHour slope, MiB in an hour
     * @param growth what the line rises from the warm-up's end to the last point, MiB
     * @param mean MiB
     * @param peak of all points, MiB
     */
    record Line(double perHour, double growth, double mean, double peak) {}

    /** @param from seconds; what came before is warm-up */
    synchronized Line since(double from) {
        List<Point> after =
                points.stream().filter(point -> point.seconds() >= from).toList();
        double peak = points.stream().mapToDouble(Point::mebibytes).max().orElse(0);
        double meanX = after.stream().mapToDouble(Point::seconds).average().orElse(0);
        double meanY = after.stream().mapToDouble(Point::mebibytes).average().orElse(0);
        double xy = 0;
        double xx = 0;
        for (Point point : after) {
            xy += (point.seconds() - meanX) * (point.mebibytes() - meanY);
            xx += (point.seconds() - meanX) * (point.seconds() - meanX);
        }
        double slope = xx == 0 ? 0 : xy / xx;
        double length = after.isEmpty()
                ? 0
                : after.getLast().seconds() - after.getFirst().seconds();
        return new Line(slope * 3_600, slope * length, meanY, peak);
    }
}
