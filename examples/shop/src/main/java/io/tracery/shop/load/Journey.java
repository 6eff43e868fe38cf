package io.tracery.shop.load;

import java.util.List;
import java.util.random.RandomGenerator;

/** What a customer does, in order: a step follows when the one before was answered. */
enum Journey {
    BROWSE(3),
    LOOK(4),
    BUY(3);

    private static final int ALL_WEIGHTS = 10;

    /** Of ten customers, how many. */
    private final int weight;

    Journey(int weight) {
        this.weight = weight;
    }

    List<Step> steps() {
        return switch (this) {
            case BROWSE -> List.of(Step.HOME);
            case LOOK -> List.of(Step.PRODUCT);
            case BUY -> List.of(Step.ADD_TO_CART, Step.CHECKOUT);
        };
    }

    static Journey next(RandomGenerator random) {
        int draw = random.nextInt(ALL_WEIGHTS);
        for (Journey journey : values()) {
            draw -= journey.weight;
            if (draw < 0) {
                return journey;
            }
        }
        throw new IllegalStateException("the weights of the journeys must add up to " + ALL_WEIGHTS);
    }
}
