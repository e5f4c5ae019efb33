#!/usr/bin/env Rscript
# The largest common rate by bisection, each step one second-order cone problem that ECOS solves; DATA is what max_min.c prints.
#   Rscript max_min_ecos.R DATA
# The step in amplitudes, which is the smaller problem and ECOS's faster one: with w_kl = root(p_kl) and z_l = root(x_l + s_l)
#   minimise v:  norm(root(load_k) z, v) <= signal_k'w_k / root(t),   norm(w_.l) <= z_l,   norm(root(1 - d1 / d2) w_.l, root(1 / d2)) <= z_l
#   (thresholds that count, d2 >= d1),   norm(z) <= root(L) ,   z_l <= root(limit_l)
# Noise is 1: rates are reached when some v >= 1 fits, so v is maximised (minus v minimised), which always has an inside; every row is
# divided by what equal powers have there. Between equal powers' rate and what one user alone would have, to 1e-4 relative.
# For each line SOLVES on standard input it makes one step, solved so many times: "step MS", the median of set-up and solve; after the
# last step "end LOW HIGH STEPS ODD", the bracket, and how many steps were not optimal, and the bisection begins anew. Times are ECOS's
# own or, where that is less, what R says of the process.
suppressPackageStartupMessages({library(ECOSolveR); library(Matrix)})
lines <- readLines(commandArgs(trailingOnly = TRUE)[1])
head <- scan(text = lines[1], quiet = TRUE); L <- head[1]; K <- head[2]; prelog <- head[3]
rows <- lapply(lines[-1], function(x) scan(text = x, quiet = TRUE))
signal <- do.call(rbind, rows[seq_len(K)]); load <- do.call(rbind, rows[K + seq_len(K)])
d1 <- rows[[2 * K + 1]]; d2 <- rows[[2 * K + 2]]; limit <- rows[[2 * K + 3]]
counts <- is.finite(d2)                      # a threshold counts there
stopifnot(all(d2[counts] >= d1[counts]))
share <- pmin(1, limit)
equal <- { g <- signal^2; p <- t(t(g) / colSums(g)) * rep(share, each = K); x <- colSums(p)
           u <- rowSums(signal * sqrt(p)); i <- 1 + as.vector(load %*% x); list(rate = prelog * log2(1 + u^2 / i), i = i) }
most <- min(prelog * log2(1 + rowSums(signal^2 / (load + 1 / L))))
scale <- sqrt(equal$i)                       # of the user's row
w <- function(k, l) (k - 1) * L + l; z <- function(l) K * L + l; v <- K * L + L + 1; n <- v
triple <- function(i, j, x) list(i = i, j = j, x = x)
# cones one after the other: rows of h - G x
user <- lapply(seq_len(K), function(k) triple(c(rep(1, L), 1 + seq_len(L), L + 2), c(w(k, seq_len(L)), z(seq_len(L)), v),
                                              c(signal[k, ], sqrt(load[k, ]), 1) / scale[k]))
cone <- function(l, f) triple(c(1, 1 + seq_len(K)), c(z(l), w(seq_len(K), l)), c(1, rep(f, K)))
ap <- c(lapply(seq_len(L), cone, 1), lapply(which(counts), function(l) cone(l, sqrt(max(1 - d1[l] / d2[l], 0)))))
ap_size <- c(rep(K + 1, L), rep(K + 2, sum(counts)))
need <- c(numeric(L), sqrt(1 / d2[counts]))
lin <- which(is.finite(limit))
linear <- rbind(cbind(seq_len(K * L), seq_len(K * L), -1),                    # w >= 0
                if (length(lin)) cbind(K * L + seq_along(lin), z(lin), 1))
solve <- function(c) {
  t <- 2^(c / prelog) - 1
  at <- K * L + length(lin); i <- linear[, 1]; j <- linear[, 2]; x <- linear[, 3]
  h <- c(numeric(K * L), sqrt(limit[lin])); q <- integer(0)
  for (k in seq_len(K)) { e <- user[[k]]; y <- -e$x; y[seq_len(L)] <- y[seq_len(L)] / sqrt(t)
    i <- c(i, at + e$i); j <- c(j, e$j); x <- c(x, y); h <- c(h, numeric(L + 2)); at <- at + L + 2; q <- c(q, L + 2L) }
  for (l in seq_along(ap)) { e <- ap[[l]]
    i <- c(i, at + e$i); j <- c(j, e$j); x <- c(x, -e$x)
    h <- c(h, numeric(K + 1), if (l > L) need[l]); at <- at + ap_size[l]; q <- c(q, as.integer(ap_size[l])) }
  i <- c(i, at + 1 + seq_len(L)); j <- c(j, z(seq_len(L))); x <- c(x, rep(-1, L)); h <- c(h, sqrt(L), numeric(L)); q <- c(q, L + 1L)
  G <- sparseMatrix(i = i, j = j, x = x, dims = c(at + L + 1, n))
  begin <- proc.time()
  r <- ECOS_csolve(c = c(numeric(n - 1), -1), G = G, h = h, dims = list(l = K * L + length(lin), q = q))
  list(ok = r$retcodes["exitFlag"] %in% c(0, 10) && r$x[v] >= 1, status = r$infostring,
       s = min(r$timing["tsetup"] + r$timing["tsolve"], sum((proc.time() - begin)[1:2])))
}
input <- file("stdin", open = "r")
from_anew <- function() { low <<- min(equal$rate); high <<- most; steps <<- 0; odd <<- 0 }
from_anew()
while (length(line <- readLines(input, n = 1)) > 0) {
  if (high - low <= 1e-4 * high) {
    cat(sprintf("end %.10g %.10g %d %d\n", low, high, steps, odd)); from_anew()
  } else {
    mid <- (low + high) / 2; steps <- steps + 1
    seconds <- replicate(as.integer(line), { r <<- solve(mid); r$s })
    odd <- odd + !grepl("^Optimal", r$status)
    if (r$ok) low <- mid else high <- mid
    cat(sprintf("step %.6g\n", 1e3 * median(seconds)))
  }
  flush(stdout())
}
