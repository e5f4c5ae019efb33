# Root mean squares over networks, by SNR: of angles at one access point, of positions; bounds and estimates.
include "journal";
def place: .set."sensing.geometry" == "target";
def bound: if place then .position_error_bound_own_echo_m else .worst_crlb_rad2 | sqrt * 180 / (4 * (1 | atan)) end;
def estimate: if place then .position_rmse_m else .mean_angle_rmse_rad * 180 / (4 * (1 | atan)) end;
def rms: map(. * .) | mean | sqrt;
# of a root mean square, by the spread of the squares
def rms_error: if length < 2 then 0 else rms as $rms | (map(. * .) | std_error) / (2 * $rms) end;
group_by(place, .set."power.snr_db")
| map(map(select(.set."sensing.information" == "averaged")) as $averaged
      | map(select(.set."sensing.information" == "block")) as $block
      | [($averaged[0] | if place then "position" else "angle" end, .set."power.snr_db"), ($averaged | length),
         ($averaged | map(estimate) | rms, rms_error), ($averaged | map(bound) | rms), ($block | map(bound) | rms)])
| table(["estimated", "power.snr_db", "networks", "rms_estimate", "std_error_estimate", "bound_averaged", "bound_block"])
