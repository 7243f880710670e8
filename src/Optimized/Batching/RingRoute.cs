namespace Gdn.Optimized.Batching;

/// <summary>Where a sequence stands in its ring (<see cref="RingShape"/>).</summary>
/// <param name="Cursor">Entry that its next token takes.</param>
/// <param name="Pending">Entries before that which its checkpoint does not contain.</param>
public readonly record struct RingRoute(int Cursor, int Pending);
