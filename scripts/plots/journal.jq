# For the journals of `cfisac sweep` (docs/results.md): statistics, and CSV tables that gnuplot and pandas read unchanged.

def mean: add / length;

# of the mean
def std_error:
  if length < 2 then null
  else mean as $m | (map((. - $m) * (. - $m)) | add) / (length - 1) / length | sqrt end;

# linear interpolation between order statistics, as in sweep.csv
def quantile($p):
  sort | ($p * (length - 1)) as $at | ($at | floor) as $i
  | .[$i] + ($at - $i) * ((.[$i + 1] // .[$i]) - .[$i]);

# the journal's lines by point, in the order of the grid, without the drops that are infeasible
def points: map(select(.status == "ok")) | group_by(.point);

# of the mean over lines of the Monte Carlo sum rate, their networks given
def simulation_error: (map(.sum_rate_std_error_bit_s_hz | . * .) | add | sqrt) / length;

# from a list of rows of numbers and words
def table($header): ([$header] + .)[] | map(if . == null then "nan" else tostring end) | join(",");
