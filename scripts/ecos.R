# Solves cone problems with ECOS; started by bench_peers.sh, which talks to it over standard input and output.
#   request:  FILE REPETITIONS        answer:  STATUS ITERATIONS OBJECTIVE RESIDUAL SETUP SOLVE
# FILE is in the Conic Benchmark Format with cones F, L=, L+, L-, Q, QR. Times are ECOS's own in seconds, medians over the
# repetitions; RESIDUAL is the largest of the relative residuals and the gap as include/cfisac/socp.h defines them.
suppressPackageStartupMessages({
  library(ECOSolveR)
  library(Matrix)
})

read_cbf <- function(path) {
  lines <- trimws(sub("#.*", "", readLines(path, warn = FALSE)))
  lines <- lines[nzchar(lines)]
  at <- function(key) match(key, lines)
  numbers <- function(rows, width) {
    matrix(as.numeric(unlist(strsplit(rows, "[[:space:]]+"))), ncol = width, byrow = TRUE)
  }
  table <- function(key, width) {
    i <- at(key)
    count <- if (is.na(i)) 0 else as.integer(lines[i + 1])
    if (count == 0) matrix(0, 0, width) else numbers(lines[i + 1 + seq_len(count)], width)
  }
  domain <- function(key) {
    i <- at(key)
    if (is.na(i)) return(list(rows = 0, kind = character(0), size = integer(0)))
    head <- as.integer(strsplit(lines[i + 1], "[[:space:]]+")[[1]])
    parts <- strsplit(lines[i + 1 + seq_len(head[2])], "[[:space:]]+")
    list(rows = head[1], kind = vapply(parts, `[`, "", 1), size = as.integer(vapply(parts, `[`, "", 2)))
  }
  variables <- domain("VAR")
  rows <- domain("CON")
  objective <- table("OBJACOORD", 2)
  entries <- table("ACOORD", 3)
  constants <- table("BCOORD", 2)
  constant <- at("OBJBCOORD")
  cost <- numeric(variables$rows)
  cost[objective[, 1] + 1] <- objective[, 2]
  shift <- numeric(rows$rows)
  shift[constants[, 1] + 1] <- constants[, 2]
  list(sense = if (lines[at("OBJSENSE") + 1] == "MAX") -1 else 1, cost = cost,
       constant = if (is.na(constant)) 0 else as.numeric(lines[constant + 1]),
       # all that lies in a cone: the variables, then the rows
       map = rbind(Diagonal(variables$rows),
                   sparseMatrix(i = entries[, 1] + 1, j = entries[, 2] + 1, x = entries[, 3],
                                dims = c(rows$rows, variables$rows))),
       shift = c(numeric(variables$rows), shift),
       kind = c(variables$kind, rows$kind), size = c(variables$size, rows$size))
}

# map x + shift in the cones as ECOS states it: A x = b, h - G x in (R+, Q, Q, ..)
state_for_ecos <- function(cbf) {
  first <- cumsum(c(1, cbf$size))
  map <- as(cbf$map, "CsparseMatrix")
  shift <- cbf$shift
  rows_of <- function(kinds) {
    unlist(lapply(which(cbf$kind %in% kinds), function(i) first[i] - 1 + seq_len(cbf$size[i])))
  }
  negative <- rows_of("L-")
  turn <- rep(1, nrow(map))
  turn[negative] <- -1
  change <- Diagonal(x = turn)
  for (i in which(cbf$kind == "QR")) { # 2 v0 v1 >= norm(rest)^2 becomes a cone by turning (v0, v1) by 45 degrees
    pair <- first[i] + 0:1
    change[pair, pair] <- matrix(c(1, 1, 1, -1), 2) / sqrt(2)
  }
  map <- change %*% map
  shift <- as.numeric(change %*% shift)
  equal <- rows_of("L=")
  linear <- rows_of(c("L+", "L-"))
  cones <- rows_of(c("Q", "QR"))
  list(c = cbf$sense * cbf$cost, G = as(-map[c(linear, cones), , drop = FALSE], "CsparseMatrix"),
       h = shift[c(linear, cones)],
       A = if (length(equal)) as(map[equal, , drop = FALSE], "CsparseMatrix") else NULL,
       b = if (length(equal)) -shift[equal] else numeric(0),
       dims = list(l = length(linear), q = cbf$size[cbf$kind %in% c("Q", "QR")]))
}

residual <- function(problem, r) {
  largest <- function(v) if (length(v)) max(abs(v)) else 0
  equal <- if (is.null(problem$A)) numeric(0) else as.numeric(problem$A %*% r$x) - problem$b
  dual <- as.numeric(crossprod(problem$G, r$z)) + problem$c
  if (!is.null(problem$A)) dual <- dual + as.numeric(crossprod(problem$A, r$y))
  value <- sum(problem$c * r$x)
  gap <- value + sum(problem$h * r$z) + (if (is.null(problem$A)) 0 else sum(problem$b * r$y))
  max(largest(c(equal, as.numeric(problem$G %*% r$x) + r$s - problem$h)) /
        (1 + max(largest(problem$b), largest(problem$h))),
      largest(dual) / (1 + largest(problem$c)), abs(gap) / (1 + abs(value)))
}

known <- new.env()
input <- file("stdin", open = "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  request <- strsplit(line, " ")[[1]]
  if (is.null(known[[request[1]]])) {
    cbf <- read_cbf(request[1])
    known[[request[1]]] <- list(cbf = cbf, problem = state_for_ecos(cbf))
  }
  cbf <- known[[request[1]]]$cbf
  p <- known[[request[1]]]$problem
  times <- replicate(as.integer(request[2]), {
    r <<- ECOS_csolve(c = p$c, G = p$G, h = p$h, dims = p$dims, A = p$A, b = p$b)
    r$timing
  })
  cat(gsub(" ", "_", r$infostring), as.integer(r$retcodes["iter"]),
      sprintf("%.12g", sum(cbf$cost * r$x) + cbf$constant), sprintf("%.1e", residual(p, r)),
      sprintf("%.6g", median(times["tsetup", ])), sprintf("%.6g\n", median(times["tsolve", ])))
  flush(stdout())
}
