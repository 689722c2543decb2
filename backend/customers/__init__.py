"""Who the customers are and how they are reached; what somebody typed proves nothing about who they are."""
