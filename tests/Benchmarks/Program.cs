using System.Reflection;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

// Each run builds the projects again, with full analysis: two minutes are not always enough.
IConfig config = ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(TimeSpan.FromMinutes(10));
IEnumerable<Summary> summaries = BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args, config);
// A setup that refuses to time a wrong kernel is a failure, not a missing row.
return summaries.All(summary =>
    !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
