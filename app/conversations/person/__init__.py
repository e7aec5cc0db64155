"""A person in a conversation: asked for by the visitor, taken over and handed back by the business."""
