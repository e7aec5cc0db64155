"""What a business's month of model tokens may cost: reserved before a call, settled after."""
