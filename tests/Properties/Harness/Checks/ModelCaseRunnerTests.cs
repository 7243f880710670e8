using System.Runtime.CompilerServices;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>What is left of cases that have been run.</summary>
public class ModelCaseRunnerTests
{
    // Thousands of results are kept until a campaign ends; an engine has megabytes of states.
    [Fact]
    public void Run_ResultsOfCases_KeepNoEngine()
    {
        var source = new WatchedSource();
        IReadOnlyList<CaseResult> results = Run(source, [], CancellationToken.None);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.True(source.Engines.Count >= 1);
        Assert.DoesNotContain(source.Engines, engine => engine.TryGetTarget(out _));
        Assert.All(results, result => Assert.True(result.Rows > 0));
        GC.KeepAlive(results);
    }

    // An engine that hangs in each would take a call's limit for each.
    [Fact]
    public void Run_WhenTheTimeIsOver_MakesNoCaseAndNoEngine()
    {
        var source = new WatchedSource();
        Assert.Empty(Run(source, [() => throw new InvalidOperationException("a case was made")], new CancellationToken(canceled: true)));
        Assert.Empty(source.Engines);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IReadOnlyList<CaseResult> Run(
        WatchedSource source, IReadOnlyList<Func<ModelCase>> others, CancellationToken cancellation)
    {
        Schedule schedule = ScheduleGenerator.Generate(3, SampleModels.Qwen35.Limits(2));
        return ModelCaseRunner.Run(
            [() => new ModelCase(schedule, source, SampleModels.Qwen35), .. others], [new PlayCheck(), new DifferentialCheck()], null,
            cancellation);
    }

    private sealed class WatchedSource : IEngineFactory
    {
        private readonly NamedEngine _inner = EngineCatalog.Parse("cpu");

        public List<WeakReference<IModelEngine>> Engines { get; } = [];

        public string Name => "watched";

        public IModelEngine Create(EngineOptions options)
        {
            IModelEngine engine = _inner.Create(options);
            lock (Engines) Engines.Add(new WeakReference<IModelEngine>(engine));
            return engine;
        }
    }
}
