from hypothesis import settings

# A law holds or not; how long an example takes on a busy machine is no part of it.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
