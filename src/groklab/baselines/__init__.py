"""Classic models for inputs that are no table: texts, frames, time series; scikit-learn estimators."""
