using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Schedules.Crossings;

/// <summary>Where axes can meet at all: with so many slots, in this model, on an engine that declares so much.</summary>
/// <param name="rules">What schedules keep to.</param>
internal sealed class CrossingRules(ScheduleRules rules)
{
    /// <summary>Tokens of the shortest prompt that is a long one.</summary>
    public const int LongPrompt = 16;

    /// <summary>The most planes that schedules have: one more than drafts.</summary>
    public const int MaxPlanes = Axes.MaxDrafts + 1;

    // Room for what comes before and after the row.
    private const int Around = 24;

    private static readonly Axis[] Order = [Axes.Width, Axes.Room, Axes.Operation, Axes.Work, Axes.Beside, Axes.Held, Axes.Place];

    private readonly EngineCapabilities _declared = rules.Capabilities;
    private readonly BatchLimits _limits = rules.Limits;

    private int Slots => _limits.MaxSequences;

    /// <summary>The least number of drafts rejected.</summary>
    public static int LeastRejected(Held held) => held switch
    {
        Held.OneRejected => 1,
        Held.SomeRejected => 2,
        Held.ManyRejected => 4,
        _ => 0,
    };

    /// <summary>The least tokens of a row.</summary>
    public static int LeastTokens(Work work) => work switch
    {
        Work.LongPrompt => LongPrompt,
        Work.ShortPrompt or Work.Slice => 2,
        Work.OneToken => 1,
        _ => work - Work.Drafts + 2,
    };

    /// <summary>Whether a schedule can hold a row in which all of this meets.</summary>
    public bool CanMeet(Crossing crossing) => Allows(crossing) && Completes(crossing, 0);

    // Rules say no as soon as the axes that they are about are known.
    private bool Allows(Crossing crossing) =>
        AllowsBatch(crossing) && AllowsOperation(crossing) && AllowsHeld(crossing) && AllowsPlace(crossing);

    private bool Completes(Crossing crossing, int next)
    {
        while (next < Order.Length && !IsMissing(crossing, Order[next])) next++;
        if (next == Order.Length) return true;
        for (int value = 0; value < Order[next].Values.Count; value++)
        {
            Crossing more = crossing.With(Order[next], value);
            if (Allows(more) && Completes(more, next + 1)) return true;
        }

        return false;
    }

    private static bool IsMissing(Crossing crossing, Axis axis) =>
        crossing.IsOpen(axis) && (axis != Axes.Beside || crossing[Axes.Width] > 0);

    private bool AllowsBatch(Crossing crossing)
    {
        int rows = crossing[Axes.Width] + 1;
        if (rows > Slots || (rows == 1 && !crossing.IsOpen(Axes.Beside))) return false;
        if (rows > 0 && !crossing.IsOpen(Axes.Room) && (rows == Slots) != (crossing[Axes.Room] == (int)Room.Full)) return false;
        if (Slots == 1 && !crossing.IsOpen(Axes.Beside)) return false;
        if (!AllowsWork(crossing, Axes.Work) || !AllowsWork(crossing, Axes.Beside)) return false;
        if (crossing.IsOpen(Axes.Work) || crossing.IsOpen(Axes.Beside)) return true;
        int work = crossing[Axes.Work], beside = crossing[Axes.Beside];
        return _declared.RaggedBatches != BatchHandling.Refused
            ? LeastTokens((Work)work) + LeastTokens((Work)beside) + Math.Max(0, rows - 2) <= _limits.MaxBatchTokens
            : work == beside && LeastTokens((Work)work) * Math.Max(2, rows) <= _limits.MaxBatchTokens;
    }

    private bool AllowsWork(Crossing crossing, Axis axis)
    {
        if (crossing.IsOpen(axis)) return true;
        var work = (Work)crossing[axis];
        return (work < Work.Drafts || _declared.Rollback != RollbackSupport.None) && LeastTokens(work) <= _limits.MaxBatchTokens
            && LeastTokens(work) < _limits.MaxPositions;
    }

    private bool AllowsOperation(Crossing crossing)
    {
        if (Operation.Of(Math.Max(0, crossing[Axes.Operation])) is not { } operation) return true;
        bool declared = operation.Kind switch
        {
            StateOperation.Copy => _declared.Copies && Slots > (operation.IsOther ? 2 : 1),
            StateOperation.Snapshot or StateOperation.Restore => _declared.Snapshots,
            StateOperation.Rollback => _declared.Rollback != RollbackSupport.None,
            _ => true,
        };
        if (!declared || (operation.IsOther && Slots < 2)) return false;
        return operation.IsOther ? AllowsOther(crossing, operation) : AllowsOwn(crossing, operation);
    }

    private static bool AllowsOwn(Crossing crossing, Operation operation) => operation switch
    {
        // Its next row begins a prompt.
        { IsAfter: false, Kind: StateOperation.Clear or StateOperation.Restart } => crossing[Axes.Work] <= (int)Work.LongPrompt,
        { IsAfter: false, Kind: StateOperation.Rollback } => crossing.IsOpen(Axes.Held) || crossing[Axes.Held] == (int)Held.Drafts,
        { IsAfter: true, Kind: StateOperation.Rollback } => crossing.IsOpen(Axes.Work) || crossing[Axes.Work] >= (int)Work.Drafts,
        _ => true,
    };

    private static bool AllowsOther(Crossing crossing, Operation operation)
    {
        bool isAlone = crossing[Axes.Width] == 0;
        if (operation is { IsAfter: true, Kind: StateOperation.Rollback }
            && (isAlone || (!crossing.IsOpen(Axes.Beside) && crossing[Axes.Beside] < (int)Work.Drafts))) return false;
        // Whoever is not in the batch waits, unless it is gone by then.
        return !isAlone || crossing.IsOpen(Axes.Room) || crossing[Axes.Room] == (int)Room.Waiting
            || operation is { IsAfter: false, Kind: StateOperation.Clear };
    }

    private bool AllowsHeld(Crossing crossing)
    {
        var held = (Held)Math.Max(0, crossing[Axes.Held]);
        if (held < Held.Drafts) return true;
        int rejected = LeastRejected(held);
        return _declared.RollbackLimit(MaxPlanes, MaxPlanes) >= Math.Max(1, rejected)
            && 1 + rejected <= _limits.MaxBatchTokens
            && Math.Max(1, rejected) + Around <= _limits.MaxPositions;
    }

    private bool AllowsPlace(Crossing crossing)
    {
        int place = crossing[Axes.Place];
        if (place <= Places.Elsewhere) return true;
        int boundary = Places.BoundaryOf(place);
        if (boundary + Around > _limits.MaxPositions) return false;
        return crossing[Axes.Work] switch
        {
            (int)Work.ShortPrompt => place == Places.Block,
            // It takes the batch to itself, or nearly so.
            (int)Work.LongPrompt => boundary + Around + (crossing[Axes.Width] * 2) <= _limits.MaxBatchTokens,
            _ => true,
        };
    }
}
