using System.Diagnostics;
using Gdn.Harness;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Faults;
using Gdn.Harness.Kernels;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference.Models;
using Xunit;
using Xunit.Abstractions;

namespace Gdn.Properties.Faults;

public class FaultTests(ITestOutputHelper output)
{
    private static readonly LoadedModel Small = LoadedModel.Synthetic("small", Architecture.Qwen35, new SyntheticSizes
    {
        Layers = 3,
        FullAttentionInterval = 3,
        Embedding = 32,
        HeadDim = 16,
        AttentionDim = 16,
        RopeDimensions = 8,
        FeedForward = 32,
    }, 1);

    [Fact]
    public void Explore()
    {
        foreach (Fault fault in FaultCatalog.Benign.Concat(FaultCatalog.Faults))
        {
            var engine = EngineSpec.Parse("cpu+fault:" + fault.Id);
            var watch = Stopwatch.StartNew();
            var found = new SortedDictionary<string, int>();
            int minNp = 99, n = 0;
            string error = "";
            for (int i = 0; i < 160; i++)
            {
                n++;
                int np = 1 + i % 8;
                Schedule schedule = ScheduleGenerator.Generate(SeededRandom.Derive(1, (ulong)i), Small.Limits(np));
                var @case = new ModelCase(schedule, engine, Small);
                foreach (IModelCheck check in ModelChecks.All)
                {
                    if (found.ContainsKey(check.Name) && np >= minNp) continue;
                    CheckOutcome outcome = check.RunGuarded(@case, default);
                    if (outcome.Discrepancy is not { } d) continue;
                    found.TryAdd(check.Name, i);
                    minNp = Math.Min(minNp, np);
                    if (d.Token < 0) error = d.Note;
                }
            }

            double s = watch.Elapsed.TotalSeconds;
            using IKernelEngine kernel = engine.CreateKernel();
            int k = -1;
            for (int i = 0; i < 60 && k < 0; i++)
                if (KernelCheck.Run(kernel, CaseSampler.Draw(kernel, 1, i, 30_000)).Findings.Count > 0) k = i;
            output.WriteLine($"{fault.Id,-30} np {minNp}/{fault.FromSlots} {s:F1}s kernel {k} {fault.Levels} {string.Join(" ", found.Select(f => f.Key + ":" + f.Value))} {error}");
        }
    }
}
