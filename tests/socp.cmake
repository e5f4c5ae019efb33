cfisac_test(test_socp SOURCES test_socp.c socp_planted.c socp_verdict.c LINK cfisac_socp)
cfisac_test(test_socp_edges LINK cfisac_socp)
cfisac_test(test_socp_families LINK cfisac_socp)
cfisac_test(test_cbf SOURCES test_cbf.c socp_planted.c LINK cfisac_socp)
