"""What a job needs, imported once by the process that jobs are forked from."""

import groklab.answering.choice
import groklab.config.check
import groklab.config.completion
import groklab.config.composition
import groklab.config.explain
import groklab.evaluation.baselines
import groklab.evaluation.metrics_file
import groklab.experiment
import groklab.scoring
import groklab.training.pruning  # noqa: F401
from groklab.environment import environment

environment()  # it reads the metadata of every package: once for all jobs
