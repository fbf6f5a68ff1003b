"""The ways a network can be run, all behind one word.

backend     what every way promises: bytes in, bytes out
whole       normalisation, network and rounding as one module
eager       torch on a CPU, eager or compiled
cuda        torch on a CUDA device, without waiting for it
openvino    OpenVINO on a CPU; conversion makes and keeps what it runs
make        from a name to a backend
"""

from pathoflow.networks.backends.backend import Answer, Backend

__all__ = ["Answer", "Backend"]
