"""Learned models: each folder holds its data, training, evaluation, predictor and card."""
