using Gdn.Reference.Operators;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// How tokens find their sequence's state while a batch runs. Each virtual member is a place where a real engine went wrong;
/// its base is right.
/// </summary>
internal class Routing
{
    /// <summary>Whether a scratch buffer is taken only when its last content is written back.</summary>
    public virtual bool WaitsForWriteBack => true;

    /// <summary>The state slot of a new sequence.</summary>
    /// <param name="request">How many sequences came before it.</param>
    /// <param name="taken">Slots of living sequences; at least one is free.</param>
    /// <param name="slots">Number of slots.</param>
    public virtual int Slot(int request, IReadOnlyCollection<int> taken, int slots) =>
        Enumerable.Range(0, slots).First(slot => !taken.Contains(slot));

    /// <summary>Which of the rows that are ready go into one ubatch.</summary>
    public virtual IEnumerable<IReadOnlyList<Row>> Group(IReadOnlyList<Row> rows) => [rows];

    /// <summary>Rows of a ubatch of single tokens, padding included.</summary>
    public virtual int PaddedRows(int rows) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows);

    /// <summary>The state slot of a padding row.</summary>
    public virtual int PaddingSlot(int row, int dummySlot) => dummySlot;

    /// <summary>The tokens that a ubatch runs.</summary>
    public virtual int[] InputTokens(Ubatch ubatch, Ubatch? next) => ubatch.Tokens;

    /// <summary>Whether a row starts from the zero state.</summary>
    public virtual bool StartsFromZero(Ubatch ubatch, Row row) => row.IsFirst;

    /// <summary>The plane that a row's conv window comes from.</summary>
    public virtual int ConvPlane(Row row, int livePlane) => livePlane;

    /// <summary>The plane that a row's S comes from.</summary>
    public virtual int DeltaPlane(Row row, int livePlane) => livePlane;

    /// <summary>What of a route decides whether a compiled plan fits.</summary>
    public virtual Route PlanKey(Route route) => route;

    /// <summary>The slot of a row's conv window.</summary>
    public virtual int ConvSlot(int row, Route route) => route.Slot;

    /// <summary>Index of a row's first token among the ubatch's.</summary>
    public virtual int FirstToken(Ubatch ubatch, int row) => ubatch.Starts[row];

    /// <summary>Changes the state that a row starts from.</summary>
    /// <param name="ubatch">The ubatch.</param>
    /// <param name="row">Index of the row.</param>
    /// <param name="delta">S <c>[Hv, K, V]</c>.</param>
    /// <param name="previous">What the row before leaves; empty for the first.</param>
    public virtual void LoadDelta(Ubatch ubatch, int row, Span<float> delta, ReadOnlySpan<float> previous)
    {
    }

    /// <summary>Moves a conv window on, after it was.</summary>
    /// <param name="path">How the row runs.</param>
    /// <param name="window"><c>[W - 1, C]</c>, oldest first.</param>
    /// <param name="channels">C.</param>
    public virtual void StoreWindow(ScanPath path, Span<float> window, int channels)
    {
    }

    /// <summary>Adds what masked keys and values contribute to attention.</summary>
    /// <param name="row">The row.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="output"><c>[T, E]</c></param>
    public virtual void AddMasked(Row row, Pool pool, Span<float> output)
    {
    }

    /// <summary>Matrix times tokens.</summary>
    public virtual float[] Project(Matrix<float> weights, ReadOnlySpan<float> x) => Linear.Run(weights, x);
}
