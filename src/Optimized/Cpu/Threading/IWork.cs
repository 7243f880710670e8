namespace Gdn.Optimized.Cpu.Threading;

/// <summary>Work in independent items, for a <see cref="Workers"/>: which thread takes an item never changes a result.</summary>
internal interface IWork
{
    /// <summary>Does one item.</summary>
    /// <param name="item">From 0.</param>
    void Run(int item);
}
