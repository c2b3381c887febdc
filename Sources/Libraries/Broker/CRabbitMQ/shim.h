#pragma once
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/tcp_socket.h>
