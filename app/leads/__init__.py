"""What visitors leave so that the business gets back to them."""
