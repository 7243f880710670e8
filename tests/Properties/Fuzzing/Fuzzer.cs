using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Gdn.Harness;
using Gdn.Harness.Engines.Isolation;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Fuzzing;

/// <summary>
/// Feeds mutants to what reads files from outside. Each is used, or refused by an <see cref="InputException"/>; anything else
/// fails, with the number that makes the mutant again.
/// </summary>
/// <remarks>
/// A test run tries a fixed number. With <c>GDN_FUZZ_SECONDS</c> set, each test goes on for that long, from a seed of its own, and a
/// mutant that takes longer than <see cref="LongestCase"/> fails too (docs/fuzzing.md).
/// </remarks>
internal sealed partial class Fuzzer(ulong seed, int cases)
{
    private const string SecondsVariable = "GDN_FUZZ_SECONDS", SeedVariable = "GDN_FUZZ_SEED";

    private static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(20);

    private readonly SortedDictionary<string, int> _reached = new(StringComparer.Ordinal);
    private int _used;

    /// <summary>Bytes that a mutant may make its reader allocate, whatever it claims.</summary>
    public long MostAllocated { get; init; } = 256 << 20;

    /// <summary>Mutants that were used, not refused.</summary>
    public int Used => _used;

    /// <summary>Kinds of refusals that were reached: the problem without what it quotes.</summary>
    public IReadOnlyCollection<string> Reached => _reached.Keys;

    /// <summary>Runs it.</summary>
    /// <param name="mutate">Makes a mutant.</param>
    /// <param name="use">Reads it, and uses what it has read.</param>
    public void Run<T>(Func<SeededRandom, T> mutate, Action<T> use)
    {
        TimeSpan? duration = Environment.GetEnvironmentVariable(SecondsVariable) is { Length: > 0 } text
            ? TimeSpan.FromSeconds(int.Parse(text, CultureInfo.InvariantCulture))
            : null;
        ulong start = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } given
            ? ulong.Parse(given, CultureInfo.InvariantCulture)
            : duration is null ? seed : (ulong)Random.Shared.NextInt64();
        var watch = Stopwatch.StartNew();
        TimeSpan slowest = default;
        long most = 0;
        int done = 0;
        for (; duration is { } limit ? watch.Elapsed < limit : done < cases; done++)
        {
            T mutant = mutate(new SeededRandom(SeededRandom.Derive(start, (ulong)done)));
            TimeSpan before = watch.Elapsed;
            ProcessLoad? load = duration is null ? null : ProcessLoad.Of(Environment.ProcessId);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                use(mutant);
                _used++;
            }
            catch (InputException e)
            {
                Note(e);
            }
            catch (Exception e)
            {
                string shown = mutant as byte[] is { Length: < 4096 } bytes ? Convert.ToHexString(bytes) : "";
                throw new InvalidOperationException($"{SeedVariable}={start}, mutant {done}: {shown}", e);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated <= MostAllocated, $"{SeedVariable}={start}, mutant {done} took {allocated} bytes");
            TimeSpan taken = watch.Elapsed - before;
            // What it waited for a processor on a busy machine is not its own.
            if (taken >= LongestCase && load is not null && ProcessLoad.Of(Environment.ProcessId) is { } now) taken -= now.LongestWaitSince(load);
            if (duration is not null) Assert.True(taken < LongestCase, $"{SeedVariable}={start}, mutant {done} took {taken}");
            slowest = taken > slowest ? taken : slowest;
            most = Math.Max(most, allocated);
        }

        Report(FormattableString.Invariant(
            $"{done} mutants from seed {start} in {watch.Elapsed.TotalSeconds:F0} s: {_used} used, {_reached.Count} kinds of refusals; ")
            + FormattableString.Invariant($"slowest {slowest.TotalSeconds:F2} s, most allocated {most >> 20} MiB"));
        foreach ((string kind, int count) in _reached) Report(FormattableString.Invariant($"{count,8} {kind}"));
    }

    private void Note(InputException e)
    {
        Assert.DoesNotContain(e.Message, char.IsControl);
        string kind = Variable().Replace(e.Problem, "_");
        kind = OutsideText.OneLine(kind, 100);
        _reached[kind] = _reached.GetValueOrDefault(kind) + 1;
    }

    private static void Report(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    // Quoted text, numbers, and lists of them.
    [GeneratedRegex(@"'.*'|\[[^\]]*\]|\(.*\)|[-+]?[0-9][0-9.,E+-]*|NaN|∞")]
    private static partial Regex Variable();
}
