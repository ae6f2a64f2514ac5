"""Programs that open what people upload. Each runs by path, alone, under the limits of a cage."""
