using System.Globalization;
using Gdn.Harness.Bleed;
using Gdn.Harness.Divergence;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Campaigns;

/// <summary>A row of the table while its rounds are played.</summary>
internal sealed class LiveBleedCell
{
    // A scenario that fails this often in a row will not do better.
    private const int FailuresMax = 3;

    private readonly int _asked;
    private readonly int? _enough;
    private readonly bool _mayBeSkipped;
    private int _rounds, _dirty, _requests, _ties, _overlap, _failed, _failedInRow;
    private long _tokens, _rows;
    private bool _reached;
    private string? _closed, _failure, _idle, _lack;
    private readonly List<string> _undecided = [];

    public LiveBleedCell(int slots, Scenario scenario, LiveBleedOptions options)
    {
        Slots = slots;
        Scenario = scenario;
        _asked = options.Rounds;
        _enough = options.DirtyEnough;
        _mayBeSkipped = options.SkipWhatServerLacks;
        if (options.Server.Info.Slots is { } available && available < slots)
            _closed = $"the server has {available} slots; start it with more (-np {slots})";
    }

    public int Slots { get; }

    public Scenario Scenario { get; }

    /// <summary>Whether more rounds make sense.</summary>
    public bool IsOpen => _closed is null && !(_dirty >= _enough);

    /// <summary>How many times longer than usual answers have to be for the requests to be answered at the same time.</summary>
    public int Stretch { get; set; } = 1;

    /// <summary>The first round with a corrupted answer.</summary>
    public RoundResult? FirstDirty { get; private set; }

    /// <summary>Whether a server faster than its clients was done before a round's requests met.</summary>
    public bool WasDoneTooSoon(RoundResult result) =>
