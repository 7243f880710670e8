namespace Gdn.Harness.Kernels.Checks;

/// <summary>What is required of a kernel; each is checked on every case.</summary>
public enum KernelProperty
{
    /// <summary>The call returns without throwing.</summary>
    Returns,

    /// <summary>A size that the kernel says it supports is not refused.</summary>
    Refused,

    /// <summary>The process in which a foreign kernel runs outlives the call.</summary>
    Crash,

    /// <summary>A foreign kernel's call ends within the time limit.</summary>
    Hang,

    /// <summary>Every result is written, and finite where the exact one is.</summary>
    Finite,

    /// <summary>Errors stay within the running bound of the declared precision.</summary>
    ErrorBound,

    /// <summary>Errors stay within a multiple of those of an honest kernel of the declared precision on this case.</summary>
    Baseline,

    /// <summary>States are kept in the declared format, and rounded to it when that is declared.</summary>
    Storage,

    /// <summary>Windows of a convolution hold the last inputs, bit for bit.</summary>
    Window,

    /// <summary>Pool rows of no sequence in the call keep every bit.</summary>
    ForeignRows,

    /// <summary>Nothing is written around the buffers, nor into inputs.</summary>
    StrayWrites,

    /// <summary>The same call gives the same bits.</summary>
    Determinism,

    /// <summary>A sequence's results keep every bit when the other sequences' contents change.</summary>
    NonInterference,
}
