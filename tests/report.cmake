cfisac_test(test_report LINK cfisac_report PkgConfig::CJSON)
cfisac_test(test_findings LINK cfisac_report)
cfisac_test(test_sweep_csv LINK cfisac_report)
cfisac_test(test_quantities LINK cfisac_report)
